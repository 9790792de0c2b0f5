"""Hears and speaks: recognition, turn-taking, speakable French, synthesis, the speech cache."""
