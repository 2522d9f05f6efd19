"""The public shape of every request and reply: marshmallow schemas, from which the OpenAPI document is made.

A schema lets in what is well-formed and nothing else; whether it may be said is for the rules. What is loaded
is plain canonical data (str, int, bool, None, list, dict), ready to stand in a statement.
"""
