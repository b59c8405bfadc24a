"""Pages of the schemes of appraisal: to read, to compare, to write, and to try out."""
