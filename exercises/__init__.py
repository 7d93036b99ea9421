"""Graded problem sets: what makes the students' notebooks and the pages of the book, and what grades a class."""
