"""Publication (通报): the scorecard, the letters, the trends and the lists that are made from frozen results."""
