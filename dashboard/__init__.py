"""What you see: reads a Library, shows it as a map you can play, computes nothing heavy."""
