"""A TCP proxy on a thread of its own, whose subclasses say what becomes of what it passes on."""

import asyncio
import threading

from .program import DEADLINE


class Proxy:
    """Connects whoever comes to `target`; `address` is where it listens itself."""

    # Whether connections are refused, as by a peer that is not there.
    refuses = False
    # Of a connection, in seconds; then it is cut without a word.
    lifetime = None

    def __init__(self, target):
        self.target = target
        # Connections that were cut at the end of their lifetime.
        self.cuts = 0
        self._writers = set()
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self.thread.start()
        assert ready.wait(DEADLINE)

    def cut(self):
        """Ends all connections without a word."""
        asyncio.run_coroutine_threadsafe(self._cut(), self.loop).result(DEADLINE)

    def close(self):
        asyncio.run_coroutine_threadsafe(self._end(), self.loop)
        self.thread.join(DEADLINE)

    def pipes(self, near, far):
        """What carries one connection both ways; each of the two is a (reader, writer)."""
        return self.pipe(near[0], far[1]), self.pipe(far[0], near[1])

    @staticmethod
    async def pipe(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass

    def _run(self, ready):
        asyncio.set_event_loop(self.loop)
        self.server = self.loop.run_until_complete(asyncio.start_server(self._pass_on, "127.0.0.1", 0, backlog=2000))
        self.address = "127.0.0.1:%d" % self.server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()

    async def _pass_on(self, reader, writer):
        host, _, port = self.target.rpartition(":")
        try:
            if self.refuses:
                raise OSError
            far = await asyncio.open_connection(host, int(port))
        except OSError:
            writer.transport.abort()
            return
        ends = {writer, far[1]}
        self._writers |= ends
        pipes = [asyncio.ensure_future(pipe) for pipe in self.pipes((reader, writer), far)]
        _, pending = await asyncio.wait(pipes, timeout=self.lifetime, return_when=asyncio.FIRST_COMPLETED)
        if len(pending) == len(pipes):
            self.cuts += 1
        for pipe in pipes:
            pipe.cancel()
        await asyncio.wait(pipes)
        for end in ends:
            end.transport.abort()
        self._writers -= ends

    async def _cut(self):
        ending = set(self._writers)
        for writer in ending:
            writer.transport.abort()
        while ending & self._writers:
            await asyncio.sleep(0.001)

    async def _end(self):
        self.server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)
        for writer in self._writers:
            writer.transport.abort()
        self.loop.stop()
