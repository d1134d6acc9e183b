// What clients of telnet send, and what they are answered: one code unit per byte.

/** What PuTTY sends as soon as it is connected: seven options. Source: the list of options in `telnet.c` of PuTTY. */
export const PUTTY = '\xff\xfb\x1f\xff\xfb\x20\xff\xfb\x18\xff\xfb\x27\xff\xfd\x01\xff\xfb\x03\xff\xfd\x03';
export const PUTTY_ANSWERS =
  '\xff\xfe\x1f\xff\xfe\x20\xff\xfe\x18\xff\xfe\x27\xff\xfc\x01\xff\xfe\x03\xff\xfc\x03';
/** What telnet sends for Ctrl-C: interrupt process, and the question up to where output is to be thrown away. */
export const CTRL_C = '\xff\xf4\xff\xfd\x06';
export const CTRL_C_ANSWER = '\xff\xfc\x06';
/** The size of a window, with a line feed and a doubled 0xFF in it. */
export const SIZE = '\xff\xfa\x1f\x00\x0a\xff\xff\xff\xf0';
