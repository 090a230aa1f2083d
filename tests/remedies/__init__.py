"""Every remedy carried out: broken, told, obeyed to the letter, asked again. tests/texts/test_remedies.py has what has no row."""
