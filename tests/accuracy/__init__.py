"""Thirty short articles of the project's own, annotated, and the floors that hold accuracy up."""
