"""Forecasts: what is likely to come, how sure that is, how many seats it takes, and what a district should prepare."""
