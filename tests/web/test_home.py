"""The page in a real browser, used with the keyboard, and looked at by axe."""

import asyncio
import shutil

import pytest

from cabinet.communities import add_member
from cabinet.settings import Settings
from cabinet.tables.terms import Role
from cabinet.viewer import Tokens
from tests.server import serving
from tests.world import World, child, enrollment

CHROMIUM = shutil.which("chromium")
QUIET = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="Debian's chromium is not installed")


def look(url: str, token: str) -> dict[str, object]:
    """Ask the page for the gap by neighborhood, by keyboard; return what it shows and what axe objects to."""
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415 - needed with a browser only.
    from playwright.sync_api import sync_playwright  # noqa: PLC0415

    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=CHROMIUM, args=list(QUIET))
        page = browser.new_page(viewport={"width": 390, "height": 800})
        complaints: list[str] = []
        page.on("console", lambda message: complaints.append(message.text))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        page.wait_for_selector("#service option[value=AFTER_SCHOOL]", state="attached")
        page.keyboard.press("Tab")
        page.keyboard.type(token)
        page.keyboard.press("Enter")
        page.wait_for_selector("tbody tr, #status.error")
        if page.locator("#meaning").is_visible():
            page.locator("#meaning summary").click()
        seen = {
            "caption": page.locator("caption").inner_text(),
            "meaning": page.locator("#meaning").inner_text(),
            "rows": [row.inner_text().split() for row in page.locator("tbody tr").all()],
            "status": page.locator("#status").inner_text(),
            "fits": page.evaluate("document.documentElement.scrollWidth <= innerWidth"),
            "axe": [each["id"] for each in Axe().run(page).response["violations"]],
            "complaints": complaints,
        }
        browser.close()
        return seen


@pytest.mark.filterwarnings("ignore::ResourceWarning")
async def test_the_page_answers_the_question_it_asks(world: World, database_url: str, settings: Settings) -> None:
    children = [child(f"D{n}", f"Kid{n}", grade="03", neighborhood="north") for n in range(40)]
    await world.roster("district", *children, child("S1", "Sam", grade="03", neighborhood="south"))
    await world.enroll("club", *(enrollment(f"e{n}", children[n], "after") for n in range(12)))
    await add_member(world.database, world.harbor, "staff", Role.CABINET_STAFF)
    async with serving(database_url, settings) as server:
        staff = await asyncio.to_thread(look, server.url, Tokens(settings).issue("staff"))
        public = await asyncio.to_thread(look, server.url, "")
    assert str(staff["caption"]).startswith("After school, ")
    assert staff["rows"] == [
        # One child in the south: withheld, and with it what it could be worked out from.
        ["North", "✱", "12", "✱", "0", "✱"],
        ["South", "✱", "0", "✱", "0", "✱"],
        ["All", "41", "12", "29", "0", "71", "%"],
    ]
    assert (staff["axe"], staff["complaints"], staff["fits"]) == ([], [], True)
    assert "In need and not served." in str(staff["meaning"])
    assert "100.0 % of the records are tied to a child" in str(staff["meaning"])
    assert (public["rows"], "In need" in str(public["meaning"])) == ([], False)
    assert "Your role does not allow this" in str(public["status"])
    assert (public["axe"], public["complaints"]) == ([], [])
