"""The shapes of AWS's answers, as far as the checks need them; fields that may be left out have defaults."""
