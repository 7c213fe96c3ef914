"""Measures the preview: how soon it answers, and how soon an edit can be read.

    python3 tests/bench/serve.py SITE [--edits 60] [--binary target/release/copydesk]

SITE is a folder that may be changed: a page of it is edited again and again. Times are those of an
HTTP client on the same machine, in milliseconds: from the moment before the file is written to the
moment the new text has been read.
"""

import argparse
import http.client
import pathlib
import re
import statistics
import subprocess
import sys
import time


def get(port, path):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", path)
    answer = connection.getresponse()
    body = answer.read()
    connection.close()
    return answer.status, body


def wait_for(port, path, wanted, limit=60):
    """The moment at which a page holds a text."""
    end = time.perf_counter() + limit
    while time.perf_counter() < end:
        try:
            status, body = get(port, path)
            if status == 200 and wanted in body:
                return time.perf_counter()
        except OSError:
            pass
        time.sleep(0.001)
    sys.exit(f"{path} never held {wanted!r}")


def memory(pid):
    """Resident memory in MiB."""
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def cpu(pid):
    """Processor time in seconds."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / 100


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("site", type=pathlib.Path)
    parser.add_argument("--edits", type=int, default=60)
    parser.add_argument("--port", type=int, default=3987)
    parser.add_argument("--binary", default="target/release/copydesk")
    options = parser.parse_args()
    pages = sorted(options.site.rglob("page-*.md")) or sorted(options.site.rglob("*.md"))
    page = pages[len(pages) // 2]
    content = next(p for p in (options.site / n for n in ("content", "src", "docs", ".")) if p.is_dir())
    address = "/" + str(page.relative_to(content).with_suffix(".html"))
    begun = time.perf_counter()
    server = subprocess.Popen(
        [options.binary, "serve", str(options.site), "--port", str(options.port), "--quiet"],
        stderr=subprocess.DEVNULL,
    )
    original = page.read_bytes()
    try:
        first = wait_for(options.port, address, b"</html>") - begun
        print(f"first response  {first * 1000:8.0f} ms")
        # Until all of the site has been looked at.
        last = cpu(server.pid)
        while True:
            time.sleep(1)
            now = cpu(server.pid)
            if now - last < 0.02:
                break
            last = now
        print(f"memory          {memory(server.pid):8.0f} MiB")
        times = []
        for number in range(options.edits):
            mark = f"edited-{number}-{time.time_ns()}"
            started = time.perf_counter()
            page.write_bytes(original + f"\n\n{mark}\n".encode())
            times.append((wait_for(options.port, address, mark.encode()) - started) * 1000)
            time.sleep(0.15)
        times.sort()
        print(f"edit, median    {statistics.median(times):8.1f} ms")
        print(f"edit, 95 %      {times[int(len(times) * 0.95) - 1]:8.1f} ms")
        time.sleep(3)
        before = cpu(server.pid)
        time.sleep(5)
        print(f"idle            {(cpu(server.pid) - before) * 1000 / 5:8.1f} ms of processor a second")
        print(f"memory          {memory(server.pid):8.0f} MiB")
    finally:
        page.write_bytes(original)
        server.terminate()
        server.wait(timeout=20)


if __name__ == "__main__":
    main()
