"""Pages of forecasts: what comes, how many seats it takes, what to prepare."""
