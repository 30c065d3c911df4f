"""What a page must bear for those who read it otherwise: each condition a question to the page, with what is wrong.

Each answer is a list of sentences, empty when nothing is wrong. A page is asked for once and shown in each condition.
"""

from collections.abc import Callable

from referral.public.words import ZOOMS

from .walk import TOO_SMALL, overflow, playwright, take_form

Page = playwright.Page

# Words that a box hides because they do not fit. The name of an organisation in the header is cut on purpose, which the
# declaration says; « Menu » is an icon on the smallest screens, the button of a search on all; a list of cards has its
# headings for who listens.
NO_MATTER = ".fr-sr-only, .fr-skiplinks, svg, thead, .fr-header__service-tagline, [data-menu], .fr-search-bar"
CUT = f"""() => [...document.querySelectorAll('body *:not({NO_MATTER}, :is({NO_MATTER}) *)')].filter((e) => {{
  if (!e.checkVisibility() || !e.innerText?.trim()) return false;
  const style = getComputedStyle(e), hides = /hidden|clip/;
  return (hides.test(style.overflowX) && e.scrollWidth > e.clientWidth + 1)
    || (hides.test(style.overflowY) && e.scrollHeight > e.clientHeight + 1);
}}).map((e) => `cut: ${{e.outerHTML.slice(0, 100)}}`)"""
# A text that stands above what is read before it, and not beside it. The design system shows the number of a step below
# its title, and has it read before.
BACKWARDS = """() => {
  const found = [], texts = document.createTreeWalker(document.querySelector('main'), NodeFilter.SHOW_TEXT);
  let before = null;
  while (texts.nextNode()) {
    const text = texts.currentNode, words = text.data.trim().slice(0, 40);
    if (!words || text.parentElement.closest('.fr-sr-only, svg, option, textarea, .fr-stepper__title')) continue;
    if (!text.parentElement.checkVisibility()) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (before && box.bottom <= before.box.top && box.left < before.box.right)
      found.push(`« ${words} » is read after « ${before.words} » and stands above it`);
    before = {box, words};
  }
  return found;
}"""
MOVES = """() => [...document.querySelectorAll('*')].filter((e) => ['', '::before', '::after'].some((part) => {
  const style = getComputedStyle(e, part);
  return style.transitionDuration.split(',').some((time) => parseFloat(time) > 0)
    || (style.animationName !== 'none' && parseFloat(style.animationDuration) > 0) || style.scrollBehavior === 'smooth';
})).map((e) => `moves: ${e.outerHTML.slice(0, 100)}`)"""
# What is pinned to the screen, in pixels of its height: at 400 % nothing would be left to read in.
PINNED = """() => [...document.querySelectorAll('body *')].filter((e) => e.checkVisibility()
    && /fixed|sticky/.test(getComputedStyle(e).position)).map((e) => e.getBoundingClientRect())
  .reduce((sum, box) => sum + Math.max(0, Math.min(box.bottom, innerHeight) - Math.max(box.top, 0)), 0)"""
# Controls whose edge or underline a forced palette takes away, and those that do not show that they have the focus.
# The page's own colours are gone then: what is left are borders, outlines, underlines and the device's own controls.
UNSEEN = """() => [...document.querySelectorAll('a, button, summary, select, textarea, input:not([type=hidden])')]
  .filter((e) => e.checkVisibility() && !e.disabled && !e.closest('.fr-skiplinks')).flatMap((e) => {
    e.focus({preventScroll: true});
    const drawn = e.matches('[type=radio], [type=checkbox]') && e.labels?.length ? [e, ...e.labels] : [e];
    const ring = drawn.some((part) => ['', '::before', '::after'].some((of) => {
      const style = getComputedStyle(part, of);
      return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0; }));
    const style = getComputedStyle(e);
    const edge = !e.matches('button, select, textarea, input[type=text], input[type=email]')
      || style.borderStyle !== 'none' || style.appearance !== 'none' || style.textDecorationLine !== 'none'
      || ['::before', '::after'].some((of) => getComputedStyle(e, of).borderStyle !== 'none');
    return [...(ring ? [] : [`focus is not seen: ${e.outerHTML.slice(0, 100)}`]),
            ...(edge ? [] : [`no edge: ${e.outerHTML.slice(0, 100)}`])];
  })"""
# WCAG 1.4.12
SPACED = """() => { const sheet = new CSSStyleSheet(); sheet.replaceSync(`* { line-height: 1.5 !important;
  letter-spacing: .12em !important; word-spacing: .16em !important } p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet]; }"""
# A number of the page that a press does not call: every link to a telephone holds one.
NUMBERS = """() => [...document.querySelectorAll('a[href^="tel:"]')]
  .filter((e) => !/^tel:\\+?\\d+$/.test(e.getAttribute('href')))
  .map((e) => `no number to call: ${e.outerHTML.slice(0, 100)}`)"""
# Without script: a form that only a script would send.
HELD = """() => [...document.querySelectorAll('form')].filter((form) => form.checkVisibility()
    && ![...form.elements].some((e) => e.type === 'submit' && e.checkVisibility()))
  .map((form) => `no button: ${form.outerHTML.slice(0, 100)}`)"""


def wide(page: Page) -> list[str]:
    return [f"{over} px too wide"] if (over := overflow(page)) > 0 else []


def zoomed(page: Page) -> list[str]:
    """A screen of 1280 by 1024 at each zoom: the page has that much less room. What is pinned leaves two thirds."""
    found = []
    for zoom in ZOOMS:
        height = 1024 * 100 // zoom
        page.set_viewport_size({"width": 1280 * 100 // zoom, "height": height})
        page.evaluate("scrollTo(0, document.body.scrollHeight / 2)")
        pinned = page.evaluate(PINNED)
        found += [f"{zoom} %: {said}" for said in (*wide(page), *page.evaluate(CUT))]
        found += [f"{zoom} %: {pinned} px of {height} are pinned"] if pinned > height / 3 else []
    return found


def enlarged(page: Page) -> list[str]:
    """The text alone, by the device's own size of letters: twice the usual at a desk, a quarter more on a phone."""
    found, device = [], page.context.new_cdp_session(page)
    for width, size in ((1280, 32), (390, 20)):
        take_form(page, width, "light")
        device.send("Page.setFontSizes", {"fontSizes": {"standard": size, "fixed": size}})
        found += [f"letters of {size} px, {width} px: {said}" for said in (*wide(page), *page.evaluate(CUT))]
    device.send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    device.detach()
    return found


def spaced(page: Page) -> list[str]:
    take_form(page, 390, "light")
    page.evaluate(SPACED)
    found = [f"letters and lines spaced out: {said}" for said in (*wide(page), *page.evaluate(CUT))]
    page.evaluate("document.adoptedStyleSheets = []")
    return found


def in_order(page: Page) -> list[str]:
    take_form(page, 390, "light")
    return page.evaluate(BACKWARDS)


def still(page: Page) -> list[str]:
    page.emulate_media(reduced_motion="reduce")
    found = page.evaluate(MOVES)
    page.emulate_media(reduced_motion="no-preference")
    return found


def forced(page: Page) -> list[str]:
    page.emulate_media(forced_colors="active")
    page.keyboard.press("Tab")  # what is focused from now on is focused as from the keyboard
    found = [f"colours forced: {said}" for said in page.evaluate(UNSEEN)]
    page.emulate_media(forced_colors="none")
    page.evaluate("document.activeElement.blur()")
    return found


def pressed(page: Page) -> list[str]:
    """A thumb on a phone, and the numbers that it calls."""
    take_form(page, 390, "light")
    return [f"too low for a thumb: {said}" for said in page.evaluate(TOO_SMALL)] + page.evaluate(NUMBERS)


def without_script(page: Page) -> list[str]:
    """Of a page that was opened where scripts are turned off."""
    found = page.evaluate(HELD) + wide(page)
    return [f"without script: {said}" for said in found]


CONDITIONS: list[Callable[[Page], list[str]]] = [zoomed, enlarged, spaced, in_order, still, forced, pressed]
