"""Pages of appraisal: where units stand, the cases behind each number, and why a case counted as it did."""
