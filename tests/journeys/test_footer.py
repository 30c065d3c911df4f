"""The links of the footer, wrapped on several lines: a separator stands between two of one line, none before a line."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)
# For each link of the footer: whether it begins a line, and whether something is drawn just before it.
SEPARATED = """() => {
  const links = [...document.querySelectorAll('.fr-footer__bottom-link')];
  document.querySelector('.fr-footer__bottom').scrollIntoView({block: 'center'});
  const boxes = links.map((link) => link.getBoundingClientRect());
  return links.map((link, n) => {
    const box = boxes[n], y = box.top + box.height / 2, drawn = [];
    for (let x = Math.max(0, box.left - 22); x < box.left - 1; x += .5) drawn.push(document.elementFromPoint(x, y));
    const first = !n || Math.abs(boxes[n - 1].top - box.top) > 5;
    return [first, drawn.some((part) => part?.closest('li') === link.closest('li'))];
  });
}"""


@pytest.mark.parametrize("width", [390, 800, 1280])
def test_no_line_of_the_footer_begins_with_a_separator(transactional_db, browser, live_server, width):
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(live_server.url)
    found = page.evaluate(SEPARATED)
    page.close()
    assert sum(first for first, _drawn in found) >= 2, "its links stand on one line: nothing is asked"
    assert not any(drawn for first, drawn in found if first)
    if width > 768:  # on a phone none is drawn
        assert all(drawn for first, drawn in found if not first)
