// Intl.
