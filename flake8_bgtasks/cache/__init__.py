"""What earlier runs found, kept on disk.

Two kinds of records. A report (`reports`) holds the findings in a project, with the signatures of
all its files. A run (`runs`) holds what a command printed, with the signatures of the configuration
and of all folders, and names the report that it comes from. Where a run can be repeated from its
record, next to nothing is imported.

Records are lines of text and JSON, never code. They are read only if nobody else can have written
them, and only if their content is whole; else it is as if they were not there.
"""
