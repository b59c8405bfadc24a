"""Cycles of appraisal at the desk: where each stands, freezing, publishing, correcting, disputes."""
