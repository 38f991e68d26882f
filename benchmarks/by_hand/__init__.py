"""One policy solved by hand in each tool, as a very good user of it would write just these rules; and the reference."""
