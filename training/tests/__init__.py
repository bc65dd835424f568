"""python -m unittest, in the folder above."""
