"""Photographs pages and pictures in a headless Chromium, whole, whatever their height.

    shoot.py CHROMIUM WIDTH light|dark INPUT OUTPUT.png [WIDTH light|dark INPUT OUTPUT.png ...]

INPUT is an HTML page, or an SVG, which is shown in a page as wide as it is.
Speaks the protocol of Chromium's developers over two pipes. Tells what a page
logged, and what text stands over the border of its picture, and fails then.
"""

import base64
import json
import os
import pathlib
import subprocess
import sys
import tempfile

# In a picture: what is cut, and words that stand on each other.
MEASURE = """(() => {
    const found = [];
    for (const svg of document.querySelectorAll("svg")) {
        const paper = svg.getBoundingClientRect();
        const texts = [...svg.querySelectorAll("text")].filter(t => t.textContent.trim() !== "")
            .map(t => [t.textContent, t.getBoundingClientRect()]);
        for (const [text, box] of texts)
            if (box.left < paper.left - 1 || box.right > paper.right + 1 || box.bottom > paper.bottom + 1)
                found.push("cut: " + text);
        const rows = new Map();
        for (const one of texts) {
            const row = Math.round(one[1].bottom);
            rows.set(row, (rows.get(row) || []).concat([one]));
        }
        for (const row of rows.values()) {
            row.sort((a, b) => a[1].left - b[1].left);
            for (let i = 1; i < row.length; i++)
                if (row[i][1].left < row[i - 1][1].right - 0.5)
                    found.push("over each other: " + row[i - 1][0] + " | " + row[i][0]);
        }
        for (const label of svg.querySelectorAll("title + rect ~ text")) {
            const place = label.parentNode.querySelector("rect").getBoundingClientRect();
            if (label.getBoundingClientRect().right > place.right + 2)
                found.push("wider than its place: " + label.textContent);
        }
    }
    return found;
})()"""


class Browser:
    def __init__(self, program, folder):
        ours_to, theirs_from = os.pipe()
        theirs_to, ours_from = os.pipe()

        def hand_over():
            # the browser reads from descriptor 3 and writes to 4
            os.dup2(ours_to, 13)
            os.dup2(ours_from, 14)
            os.dup2(13, 3)
            os.dup2(14, 4)

        self.process = subprocess.Popen(
            [program, "--headless=new", "--remote-debugging-pipe", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--user-data-dir=" + folder, "about:blank"],
            preexec_fn=hand_over, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(ours_to)
        os.close(ours_from)
        self.to = os.fdopen(theirs_from, "wb", 0)
        self.answers = os.fdopen(theirs_to, "rb")
        self.rest = b""
        self.number = 0
        self.events = []
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.ask("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Log"):
            self.ask(domain + ".enable")

    def read(self):
        while b"\0" not in self.rest:
            more = os.read(self.answers.fileno(), 1 << 20)
            if not more:
                sys.exit("the browser has gone")
            self.rest += more
        message, self.rest = self.rest.split(b"\0", 1)
        return json.loads(message)

    def ask(self, method, **parameters):
        self.number += 1
        message = {"id": self.number, "method": method, "params": parameters}
        if hasattr(self, "session"):
            message["sessionId"] = self.session
        self.to.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.number:
                if "error" in answer:
                    sys.exit("%s: %s" % (method, answer["error"]))
                return answer["result"]
            self.events.append(answer)

    def wait_for(self, event):
        while not any(e.get("method") == event for e in self.events):
            self.events.append(self.read())

    def shoot(self, width, scheme, page, output):
        """Writes the photograph; returns what is wrong with the page."""
        self.events = []
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=width < 600)
        self.ask("Page.navigate", url=page.resolve().as_uri())
        self.wait_for("Page.loadEventFired")
        size = self.ask("Page.getLayoutMetrics")["cssContentSize"]
        picture = self.ask("Page.captureScreenshot", captureBeyondViewport=True,
                           clip={"x": 0, "y": 0, "width": width, "height": size["height"], "scale": 1})
        output.write_bytes(base64.b64decode(picture["data"]))
        wrong = self.ask("Runtime.evaluate", expression=MEASURE, returnByValue=True)["result"]["value"]
        if size["width"] > width:
            wrong.append("%d pixels wide" % size["width"])
        return wrong + [json.dumps(e["params"])[:300] for e in self.events
                        if e.get("method") in ("Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded",
                                               "Page.javascriptDialogOpening")]


def in_page(picture, folder):
    """The picture as it stands in a page of its width, without margins."""
    page = pathlib.Path(folder, picture.stem + ".html")
    page.write_text('<!DOCTYPE html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
                    '<style>body{margin:0}svg{display:block}</style>' + picture.read_text("utf-8"), "utf-8")
    return page


def main():
    program, orders, wrong = sys.argv[1], sys.argv[2:], 0
    with tempfile.TemporaryDirectory() as folder:
        browser = Browser(program, folder + "/profile")
        for width, scheme, source, output in zip(*[iter(orders)] * 4):
            page = pathlib.Path(source)
            for why in browser.shoot(int(width), scheme, in_page(page, folder) if page.suffix == ".svg" else page,
                                     pathlib.Path(output)):
                print("%s at %s: %s" % (source, width, why))
                wrong += 1
        browser.ask("Browser.close")
        browser.process.wait(30)
    sys.exit(wrong > 0)


main()
