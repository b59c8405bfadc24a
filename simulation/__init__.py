"""A synthetic city: invented citizens, their words, and units at work, through the same verbs as real life.

It uses jieban and is never imported by it. Everything here is invented: no sentence, name, number or estate is taken
from a real letter. How often things happen follows published figures, named beside each number.
"""
