"""One HTML file that shows a run step by step: the data in columns, and a page that reads them."""
