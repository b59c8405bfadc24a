"""The pages of saved exports, the columns they offer, and the files they are handed over in."""
