"""The vault itself: folders, files, and the bytes behind them."""
