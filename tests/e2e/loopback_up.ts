/** @module Brings the loopback interface of a fresh network namespace up, as `ip link set lo up` does where there is one. */
const libc = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  ioctl: { parameters: ["i32", "u64", "buffer"], result: "i32" },
});
// struct ifreq: 16 bytes of name, then the flags. AF_INET, SOCK_DGRAM; SIOCSIFFLAGS; IFF_UP | IFF_RUNNING.
const request = new Uint8Array(40);
request.set(new TextEncoder().encode("lo"));
new DataView(request.buffer).setUint16(16, 0x41, true);
const failed = libc.symbols.ioctl(libc.symbols.socket(2, 2, 0), 0x8914n, request) !== 0;
if (failed) console.error("The loopback interface could not be brought up.");
Deno.exit(failed ? 1 : 0);
