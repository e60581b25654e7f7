"""A language server: findings while you type, over all files, with their fixes."""
