"""The mark of FeelingIt, drawn here so that no page fetches an icon from elsewhere."""

MARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="48" height="48" viewBox="0 0 12 12" '
    'shape-rendering="crispEdges"><rect width="12" height="12" fill="#4F46B8"/>'
    '<g fill="#FFF"><path d="M3 3h2v2H3zM7 3h2v2H7zM2 7h2v1H2zM3 8h6v1H3zM8 7h2v1H8z"/></g></svg>'
)
WORDMARK = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="132" height="24" viewBox="0 0 132 24">'
    '<g shape-rendering="crispEdges"><rect width="24" height="24" fill="#4F46B8"/>'
    '<path fill="#FFF" d="M6 6h4v4H6zM14 6h4v4h-4zM4 14h4v2H4zM6 16h12v2H6zM16 14h4v2h-4z"/></g>'
    '<text x="34" y="17.5" font-family="system-ui,-apple-system,Segoe UI,Roboto,Arial,sans-serif" '
    'font-size="16" font-weight="600" fill="{ink}">FeelingIt</text></svg>'
)


def wordmark(ink: str) -> str:
    """Return the mark with the name beside it in a colour, as SVG."""
    return WORDMARK.format(ink=ink)
