"""A real Chromium, driven by Selenium; no host but this one can be reached."""

import json
import os
import pathlib
import shutil
import subprocess
import sys

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select, WebDriverWait
except ImportError:
    # Debian's package belongs to Debian's Python.
    if pathlib.Path(sys.executable).resolve().parent != pathlib.Path(
            "/usr/bin") and pathlib.Path("/usr/bin/python3").exists():
        os.execv("/usr/bin/python3", ["/usr/bin/python3", "-B", *sys.argv])
    webdriver = None

ROOT = pathlib.Path(__file__).resolve().parents[2]
DRIVER = shutil.which("chromedriver")
FLAGS = ["--headless=new", "--no-sandbox", "--disable-dev-shm-usage",
         "--disable-gpu", "--hide-scrollbars", "--force-prefers-reduced-motion",
         "--force-device-scale-factor=1", "--lang=en-GB",
         "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]


def lacking():
    """Why there is no browser; empty where there is one."""
    if webdriver is None:
        return "python3-selenium is not installed (scripts/deps page)"
    if DRIVER is None or not (shutil.which("chromium")):
        return "chromium and chromium-driver are not installed (scripts/deps page)"
    return ""


def axe_source():
    """axe-core's script; None where npm can't fetch it."""
    done = subprocess.run([ROOT / "scripts/lib/axe"], capture_output=True,
                          text=True, check=False)
    if done.returncode != 0:
        return None
    return pathlib.Path(done.stdout.strip()).read_text()


class Browser:
    def __init__(self, url, dark=False, width=1280, height=900):
        options = webdriver.ChromeOptions()
        for flag in FLAGS:
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        self.driver = webdriver.Chrome(service=Service(DRIVER), options=options)
        self.url = url
        self.size(width, height)
        self.theme(dark)

    def close(self):
        self.driver.quit()

    def size(self, width, height):
        # The screen's, not the window's: a window has a least width.
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1,
            "mobile": False})

    def theme(self, dark):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme",
                          "value": "dark" if dark else "light"}]})

    def open(self, path="/"):
        self.driver.get(self.url + path)

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        return [one for one in self.driver.find_elements(By.CSS_SELECTOR, selector)
                if one.is_displayed()]

    def one(self, selector, seconds=20):
        return self.until(lambda: self.all(selector), f"{selector} is shown",
                          seconds)[0]

    def until(self, condition, what, seconds=20):
        ignored = tuple(getattr(webdriver_errors(), name) for name in (
            "StaleElementReferenceException", "NoSuchElementException"))
        return WebDriverWait(self.driver, seconds, 0.05, ignored).until(
            lambda _: condition(), f"timed out: {what}")

    def click(self, selector):
        self.one(selector).click()

    def type(self, selector, text):
        box = self.one(selector)
        box.clear()
        box.send_keys(text)

    def choose(self, selector, value):
        Select(self.one(selector)).select_by_value(value)

    def press(self, key):
        webdriver.ActionChains(self.driver).send_keys(
            getattr(Keys, key)).perform()

    def text(self, selector="body"):
        return self.run("return document.querySelector(arguments[0])"
                        "?.innerText || ''", selector)

    def console(self):
        """Errors since the last call."""
        return [entry["message"] for entry in self.driver.get_log("browser")
                if entry["level"] in ("SEVERE", "WARNING")]

    def picture(self, path):
        self.driver.save_screenshot(str(path))

    def loaded_from(self):
        return set(self.run(
            "return performance.getEntriesByType('resource')"
            ".map((one) => new URL(one.name).origin)"))

    def axe(self, source):
        """axe-core's findings that are serious or worse, as text."""
        self.run(source)
        found = self.driver.execute_async_script(
            "const done = arguments[0];"
            "axe.run(document, {resultTypes: ['violations']})"
            ".then((r) => done(r.violations), (e) => done([{impact: 'critical',"
            " id: String(e), nodes: []}]));")
        return [f"{one['id']}: {json.dumps([n['html'][:120] for n in one['nodes'][:3]])}"
                for one in found if one["impact"] in ("serious", "critical")]


def webdriver_errors():
    from selenium.common import exceptions
    return exceptions
