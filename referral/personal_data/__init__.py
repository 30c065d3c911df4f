"""Say of each column what it tells of somebody: declared once in data/personal_data, read by the map and a page."""
