"""Pages of what is published: the scorecard, the letters, the trends, and the lists of rewards and interviews."""
