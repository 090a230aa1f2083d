"""Every remedy carried out: broken, told, obeyed to the letter, asked again, mended. test_every_key.py has what has no row."""
