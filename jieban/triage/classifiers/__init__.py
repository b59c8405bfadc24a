"""Ways of guessing a field from a text, one file each; all keep the promise of `triage.texts.Classifier`.

| file | needs | used for |
|---|---|---|
| `linear.py` | a model file made by `jieban train` | any field with examples |
| `lexicon.py` | the keywords of a city pack | the category, from the first day |
"""
