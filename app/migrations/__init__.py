"""Migrations: how a database in use becomes the one the models describe."""
