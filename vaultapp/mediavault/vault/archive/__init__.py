"""Archives of files, made as they leave: any slice of a zip without the rest of it."""
