"""An invented city, written straight to the lake: calibrated to what the real one printed, and marked as invented."""
