"""The icons of the installed telephone app, made of app/static/img/mark.svg by Chromium.

tools/icons.py      writes app/static/img/icon-192.png, icon-512.png, icon-mask.png
"""

from __future__ import annotations

import shutil
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

IMAGES = Path(__file__).resolve().parent.parent / "app" / "static" / "img"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# A maskable icon is cut to the telephone's own shape: the ground fills it, the mark keeps to the middle.
SHAPES = {"icon-192.png": (192, False), "icon-512.png": (512, False), "icon-mask.png": (512, True)}


def drawing(masked: bool) -> str:
    """The mark as SVG; for a mask without round corners and smaller."""
    mark = (IMAGES / "mark.svg").read_text("utf-8")
    if not masked:
        return mark
    head, _sep, path = mark.partition("<path")
    return (
        head.replace(' rx="8"', "")
        + '<g transform="translate(3.5 3.5) scale(0.78)"><path'
        + path.replace("</svg>", "</g></svg>")
    )


def main() -> None:
    """Write the three pictures."""
    browser_path = next(path for name in NAMES if (path := shutil.which(name)))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path, args=["--no-sandbox", "--disable-gpu"])
        for name, (size, masked) in SHAPES.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px}}</style>{drawing(masked)}")
            target = IMAGES / name
            page.screenshot(path=str(target), omit_background=True)
            Image.open(target).save(target, optimize=True)
        browser.close()


if __name__ == "__main__":
    main()
