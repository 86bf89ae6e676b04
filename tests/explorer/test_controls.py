"""The controls of the page: keys, buttons, search, views and sizes."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page

from solproof.execution.execute import execute
from solproof.explorer.page import explore
from solproof.runtime.execution_input import ExecutionInput, Parameters
from tests.explorer.conftest import Open
from tests.support.elf_builder import build_elf, call

SYSCALL = 3958
"""The step of the first sol_memcmp_ of the Transfer."""


def step_of(page: Page) -> int:
    """The number of the step that is shown."""
    shown = page.evaluate("window.solproof.app.step")
    assert page.input_value("#step-input") == str(shown)
    assert isinstance(shown, int)
    return shown


def text_of(page: Page) -> str:
    """The instruction that is shown."""
    return page.inner_text("#step .big")


@pytest.fixture
def page(open_page: Open, classic_page: str) -> Page:
    """The page of the Transfer in a window of a laptop's size."""
    return open_page(classic_page)


def test_it_begins_with_the_first_step(page: Page) -> None:
    assert (step_of(page), text_of(page)) == (0, "mov64 r2, r1")
    assert page.inner_text("#badge") == "success"
    assert page.inner_text("#facts").split() == ["4,484", "steps", "4,644", "CU", "V0", "sBPF"]
    assert page.inner_text("#meter output") == "1 of 4,644 CU, limit 1,400,000"


def test_keys_move(page: Page) -> None:
    path = []
    for key in ("ArrowRight", "l", "ArrowLeft", "PageDown", "PageUp", "h", "End", "ArrowRight", "Home"):
        page.keyboard.press(key)
        path.append(step_of(page))
    assert path == [1, 2, 1, 101, 1, 0, 4483, 4483, 0]
    assert page.evaluate("location.hash") == "#0"


def test_over_and_out_of_calls(page: Page) -> None:
    page.keyboard.press("c")
    call_step = step_of(page)
    assert text_of(page) == "call function_9182"
    page.keyboard.press("ArrowRight")
    assert page.locator("#step .stack button").all_inner_texts()[1] == "function_9182"
    page.keyboard.press("u")
    after = step_of(page)
    page.evaluate(f"window.solproof.app.go({call_step})")
    page.keyboard.press("Shift+ArrowRight")
    assert step_of(page) == after
    page.keyboard.press("Shift+ArrowLeft")
    assert step_of(page) == call_step


def test_buttons_move(page: Page) -> None:
    path = []
    for name in ("forward", "forward", "back", "last", "first"):
        page.click(f'#controls [data-go="{name}"]')
        path.append(step_of(page))
    assert path == [1, 2, 1, 4483, 0]
    assert page.is_disabled('#controls [data-go="back"]')


def test_going_to_a_step_and_a_pc(page: Page) -> None:
    page.keyboard.press("g")
    page.keyboard.type(f"{SYSCALL}\n")
    assert (step_of(page), text_of(page)) == (SYSCALL, "syscall sol_memcmp_")
    page.keyboard.press("p")
    page.keyboard.type("6199\n")
    assert (step_of(page), page.input_value("#pc-input")) == (3970 + 1, "6199")
    page.keyboard.press("g")
    page.keyboard.type("99999\n")
    assert page.get_attribute("#step-input", "aria-invalid") == "true"
    page.keyboard.press("Escape")
    assert step_of(page) == 3971


def test_a_step_in_the_address(open_page: Open, classic_page: str) -> None:
    page = open_page(classic_page)
    page.evaluate("location.hash = '#840'")
    page.wait_for_selector("#step .name:text-is('sol_log_')")
    assert step_of(page) == 840


def test_registers_show_what_changed(page: Page) -> None:
    page.evaluate(f"window.solproof.app.go({SYSCALL})")
    changed = page.locator("#step .registers tr.changed")
    assert changed.count() == 1
    assert changed.inner_text().split()[:4] == ["r0", "0000000200004cb4", "0000000000000000", "0"]
    assert page.locator("#step .registers tbody tr").count() == 11
    page.click("#step .registers tr:nth-child(3) .jump button:first-child")
    assert (step_of(page), text_of(page)) == (3945, "mov64 r2, r6")


def test_a_syscall(page: Page) -> None:
    page.evaluate(f"window.solproof.app.go({SYSCALL})")
    block = page.inner_text("#step .block >> nth=0")
    assert block.startswith("sol_memcmp_")
    assert "10 CU · result 0x0" in block
    assert page.locator("#step .accesses tbody tr").count() == 9


def test_memory_follows_the_step(page: Page) -> None:
    page.evaluate("window.solproof.app.go(3949)")  # stxdw [r1+0x0], r2
    assert page.input_value("#right .memory .bar input") == "0x200006fd8"
    wrote = page.locator("#right .memory .bytes .wrote")
    assert "".join(wrote.all_inner_texts()) == "b04c000002000000"
    history = page.inner_text("#right .history")
    assert "Word 0x200006fd8" in history and "24 accesses" in history
    page.click("#right .history tr:has-text('3,951')")
    assert step_of(page) == 3951
    assert page.locator("#right .memory .bytes .read").count() == 8


def in_view(page: Page, place: str) -> bool:
    """Whether the first element of that place lies within the visible part of the memory's list."""
    box, view = (
        page.locator(f"#right .memory .list{inside}").first.bounding_box() for inside in (f" {place}", "")
    )
    assert view is not None
    return (
        box is not None and view["y"] <= box["y"] and box["y"] + box["height"] <= view["y"] + view["height"]
    )


def test_memory_follows_the_steps_that_it_was_hidden_for(page: Page) -> None:
    page.evaluate("window.solproof.app.go(3949)")
    page.keyboard.press("5")
    page.wait_for_timeout(100)  # the page notices that the list has no width
    page.evaluate("window.solproof.app.go(3951)")
    page.keyboard.press("4")
    page.wait_for_timeout(100)
    assert page.locator("#right .memory .bytes .read").count() == 8
    assert in_view(page, ".bytes .read")
    assert page.locator("#right .memory .row .bytes").first.locator("span").count() == 16


def test_memory_shows_the_last_access_before_a_step_without_one(page: Page) -> None:
    page.keyboard.press("6")
    page.evaluate("window.solproof.app.go(3952)")
    assert page.locator("#step .accesses").count() == 0
    page.keyboard.press("4")
    assert page.input_value("#right .memory .bar input") == "0x200006fd8"  # step 3951 reads it
    assert in_view(page, ".bytes .selected")


def test_memory_keeps_a_choice_until_the_next_access(page: Page) -> None:
    page.evaluate("window.solproof.app.go(3951)")
    page.evaluate("window.solproof.app.memory.open(0x400000008)")
    page.evaluate("window.solproof.app.go(3952)")
    assert page.input_value("#right .memory .bar input") == "0x400000008"


def test_memory_keeps_its_place_when_it_becomes_narrow(page: Page) -> None:
    page.evaluate("window.solproof.app.go(3949)")
    for width in (820, 1440):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_selector(
            "#right .memory .bytes span:nth-child(16)", state="detached" if width == 820 else "attached"
        )
        assert in_view(page, ".bytes .wrote")


def test_a_store_changes_no_register(page: Page) -> None:
    """The register that a store names as its destination is only read."""
    page.evaluate("window.solproof.app.go(148)")
    assert text_of(page) == "stxdw [r0+0x8], r1"
    rows = page.locator("#step .registers tbody tr")
    assert rows.nth(0).get_attribute("class") == rows.nth(1).get_attribute("class") == "source"
    assert rows.nth(0).locator(".before").inner_text() == ""
    page.evaluate("window.solproof.app.go(151)")
    assert text_of(page) == "add64 r1, 72"
    assert rows.nth(1).get_attribute("class") == "changed source destination"


def test_parts_of_the_input_have_names(page: Page) -> None:
    page.evaluate("window.solproof.app.go(151)")
    pointer = page.locator("#step .registers tbody tr").nth(1).locator(".pointer")
    assert pointer.inner_text() == "accounts[0].lamports"
    pointer.click()
    assert page.inner_text("#right .history .part").replace("\n", " ") == "accounts[0].lamports of 8 bytes"
    field = page.locator("#right .memory .bar input:not([type])")
    field.fill("instruction_data")
    field.press("Enter")
    assert page.inner_text("#right .history .part").replace("\n", " ") == "instruction_data of 9 bytes"
    title = page.locator("#right .memory .bytes .selected").last.get_attribute("title")
    assert title is not None and title.startswith("instruction_data+")
    page.evaluate("window.solproof.app.go(155)")
    assert page.inner_text("#step .accesses .part") == "accounts[0].original_data_length"


def test_search_for_a_part_of_the_input(page: Page) -> None:
    page.keyboard.press("/")
    page.select_option("#search select", "address")
    page.fill("#search input", "accounts[0].data_length")
    steps = page.evaluate("window.solproof.app.search.found")
    assert steps and 154 in steps
    page.keyboard.press("Enter")
    assert step_of(page) == steps[0]


def test_lines_of_the_log(page: Page) -> None:
    """On the timeline, in the result and at the step."""
    page.keyboard.press("6")
    page.click("#right .log button:has-text('Instruction: Transfer')")
    assert (step_of(page), text_of(page)) == (840, "syscall sol_log_")
    assert page.inner_text("#step .log") == "Program log: Instruction: Transfer"
    assert page.locator("#right .log .here").all_inner_texts() == ["Program log: Instruction: Transfer"]
    page.keyboard.press("Home")
    assert " invoke [1]" in page.inner_text("#step .log")
    box = page.locator("#timeline canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 840.5 / 4484, box["y"] + box["height"] - 4)
    assert page.inner_text("#timeline .tip") == "Program log: Instruction: Transfer"
    page.mouse.down()
    page.mouse.up()
    assert step_of(page) == 840
    page.keyboard.press("End")
    assert page.inner_text("#step .log").splitlines()[-1].endswith(" success")


def test_from_a_changed_account_to_its_step(page: Page) -> None:
    page.keyboard.press("6")
    changed = page.locator("#right .account", has_text="bytes of data changed")
    assert changed.locator(".causes").all_inner_texts() == ["data: step 4,217", "data: step 4,329"]
    changed.first.locator(".causes button").click()
    assert step_of(page) == 4217
    assert page.inner_text("#step .accesses .part").startswith("accounts[0].data+0x40")


def test_memory_of_an_address(page: Page) -> None:
    page.click("#right .choice button:text-is('input')")
    page.fill("#right .memory .bar input", "0x400000008")
    page.keyboard.press("Enter")
    row = page.locator("#right .memory .list .row", has_text=re.compile("^400000000"))
    assert row.inner_text().split()[1:9] == ["03", "00", "00", "00", "00", "00", "00", "00"]


def test_constraints_of_the_step(page: Page) -> None:
    page.keyboard.press("5")
    page.evaluate("window.solproof.app.go(2)")
    text = page.inner_text("#right .constraints")
    assert text.startswith("add, row 0")
    assert "(a_0 + b_0 - c_0) / 65536 ∈ {0, 1}" in text
    assert "a_0 4096" in text
    kinds = page.locator("#right .kind summary b").all_inner_texts()
    assert kinds == ["arithmetic", "equality", "range", "memory"]
    page.click("#right .kind.arithmetic summary")
    page.keyboard.press("ArrowRight")
    assert page.locator("#right .kind.arithmetic").get_attribute("open") is None


def test_constraints_name_the_pseudo_registers(page: Page) -> None:
    """A memory syscall adds to the units, and a call opens a frame."""
    page.keyboard.press("5")
    page.evaluate(f"window.solproof.app.go({SYSCALL})")
    text = page.inner_text("#right .constraints")
    assert "units of memory syscalls = 10" in text
    assert "open call" not in text
    page.evaluate("window.solproof.app.go(0)")
    while page.inner_text("#step .big").split()[0] != "call":
        page.evaluate("window.solproof.app.go(window.solproof.app.step + 1)")
    assert "open call = step " in page.inner_text("#right .constraints")


def test_calls_and_code(page: Page) -> None:
    page.evaluate(f"window.solproof.app.go({SYSCALL})")
    page.keyboard.press("3")
    here = page.locator("#left .calls .row.here")
    assert here.inner_text().split()[-3:] == ["function_6199", "30", "40"]
    page.keyboard.press("2")
    here = page.locator("#left .code .row.here")
    assert here.inner_text().split()[:3] == ["6216", "syscall", "sol_memcmp_"]
    page.keyboard.press("1")
    assert page.locator("#left .trace .row.here").inner_text().split()[0] == str(SYSCALL)
    page.keyboard.press("3")
    page.locator("#left .calls .list").evaluate("element => (element.scrollTop = 0)")
    rows = page.locator("#left .calls .row")
    page.wait_for_selector("#left .calls .row:has-text('entrypoint')")
    page.click("#left .calls .row:has-text('entrypoint') .fold")
    assert rows.count() == 1


@pytest.mark.parametrize(
    ("kind", "query", "found"),
    [
        ("instruction", "sol_memc", [3958, 3996, 4047, 4081, 4142, 4254]),
        ("address", "0x200006fd8", None),
        ("value", "42000000", None),
        ("value", "-1", None),
    ],
)
def test_search(page: Page, kind: str, query: str, found: list[int] | None) -> None:
    page.keyboard.press("/")
    page.select_option("#search select", kind)
    page.fill("#search input", query)
    steps = page.evaluate("window.solproof.app.search.found")
    assert steps and steps == sorted(steps)
    assert found is None or steps == found
    if kind == "value":
        word = str(int(query) % 2**64)
        holds = page.evaluate(
            """([steps, word]) => steps.every((step) => {
              const [run] = window.solproof.execution.runs;
              const [first, end] = run.accessesOf(step);
              const values = run.initial.map((_, register) => run.registerAfter(register, step));
              for (let number = first; number < end; number++) {
                values.push(run.access.old[number], run.access.new[number]);
              }
              return values.includes(BigInt(word));
            })""",
            [steps, word],
        )
        assert holds
    page.keyboard.press("Enter")
    assert step_of(page) == steps[0]
    page.keyboard.press("n")
    assert step_of(page) == steps[1 % len(steps)]
    page.keyboard.press("N")
    assert step_of(page) == steps[0]


def test_a_search_for_nothing(page: Page) -> None:
    page.keyboard.press("/")
    page.select_option("#search select", "value")
    page.fill("#search input", "a word")
    assert page.inner_text("#search .hint").startswith("Expected a number.")
    page.keyboard.press("Escape")
    assert not page.is_visible("#search")
    page.keyboard.press("ArrowRight")
    assert step_of(page) == 1


def test_help_and_theme(page: Page) -> None:
    page.keyboard.press("?")
    assert page.locator("#help dt").count() == 16
    page.keyboard.press("Escape")
    assert not page.is_visible("#help")
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.keyboard.press("t")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != light


def test_the_timeline(page: Page) -> None:
    box = page.locator("#timeline canvas").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 15)
    assert page.inner_text("#timeline .tip") == "function_5708 · 3,787 steps · 3,947 CU"
    page.mouse.down()
    page.mouse.up()
    assert abs(step_of(page) - 2242) <= 2


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize(
    ("width", "height"), [(390, 844), (360, 640), (820, 1180), (1280, 720), (1920, 1080)]
)
def test_sizes(open_page: Open, classic_page: str, width: int, height: int, dark: bool) -> None:
    """Nothing sticks out of the window, and the step and its controls are visible."""
    page = open_page(classic_page, width=width, height=height, dark=dark, touch=width < 500)
    page.evaluate(f"window.solproof.app.go({SYSCALL})")
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight]")
    assert sizes == [width, height]
    for place in ("#title", "#step .big", '#controls [data-go="forward"]', "#timeline canvas"):
        box = page.locator(place).bounding_box()
        assert box is not None
        assert box["x"] >= 0 and box["x"] + box["width"] <= width
        assert box["y"] >= 0 and box["y"] + box["height"] <= height


def test_views_of_a_phone(open_page: Open, classic_page: str) -> None:
    page = open_page(classic_page, width=390, height=844, touch=True)
    assert page.is_visible("#step") and not page.is_visible("#left")
    for title, place in (
        ("Trace", "#left .trace"),
        ("Code", "#left .code"),
        ("Calls", "#left .calls"),
        ("Memory", "#right .memory"),
        ("Constraints", "#right .constraints"),
        ("Result", "#right .result"),
    ):
        page.click(f"#views button:text-is('{title}')")
        assert page.is_visible(place)
        assert page.locator(place).inner_text() != ""
        assert not page.is_visible("#step")
    page.click("#views button:text-is('Step')")
    page.evaluate(f"window.solproof.app.go({SYSCALL})")
    page.click("#step .registers .pointer >> nth=0")
    assert page.is_visible("#right .memory")
    assert page.locator("#right .memory .list .row").count() > 5


def test_the_result(page: Page) -> None:
    page.keyboard.press("6")
    text = page.inner_text("#right .result")
    assert "Program log: Instruction: Transfer" in text
    assert "4 bytes of data changed" in text


def test_a_program_that_fails(open_page: Open) -> None:
    elf = build_elf([*call("sol_log_", (1, 3)), "exit"])
    page = open_page(explore(execute(ExecutionInput(elf, bytes(32), (), b""))))
    assert page.inner_text("#badge") == "AccessViolation"
    page.keyboard.press("End")
    assert page.inner_text("#step .fault") == (
        "AccessViolation\nAccess violation in unknown section at address 0x1 of size 3"
    )


def test_a_program_that_never_began(open_page: Open) -> None:
    given = ExecutionInput(build_elf("exit"), bytes(32), (), b"", Parameters(compute_unit_limit=0))
    page = open_page(explore(execute(given)))
    assert "ExceededMaxInstructions at pc 0" in page.inner_text("#right .result")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("c")
    assert not page.is_visible("#controls")
