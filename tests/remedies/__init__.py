"""Every remedy carried out: broken, told, obeyed, asked again. tests/texts/test_remedies.py names what has no row."""
