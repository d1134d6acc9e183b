/**
 * Options for existing protocols, each with its source: `lines(presets.smtp)`, `enclosed(presets.mllp)`. They are plain
 * data. Spread one to change it: `lines({ ...presets.irc, onOverflow: 'truncate' })`.
 */
export const presets = {
  /** For `lines`. 1,000 bytes with CRLF, and one for the doubled dot. A bare CR or LF is a fault: smuggling. */
  smtp: {
    terminator: 'crlf',
    charset: 'ascii',
    maxFrameBytes: 999,
    source: 'RFC 5321, sections 2.3.8, 4.5.2 and 4.5.3.1.6',
  },
  /** For `lines`. SMTP with 8BITMIME: bytes above 0x7F too, one character each, whatever their charset. */
  smtp8bit: {
    terminator: 'crlf',
    charset: 'latin1',
    maxFrameBytes: 999,
    source: 'RFC 6152, sections 1 and 3; RFC 5321, section 4.5.3.1.6',
  },
  /** For `lines`. 512 bytes with CRLF; peers that send LF alone are common. */
  irc: { terminator: 'either', charset: 'utf8', maxFrameBytes: 510, source: 'RFC 2812, section 2.3' },
  /** For `lines`. IRC with message tags: at most 8,191 bytes with `@` and space, before the 512 of `irc`. */
  ircTags: {
    terminator: 'either',
    charset: 'utf8',
    maxFrameBytes: 8701,
    source: 'IRCv3 message-tags, section Size limit; RFC 2812, section 2.3',
  },
  /** For `lines`. Read a block `#3128...` with three `take`s: 2, 3 and 128 bytes. */
  scpi: {
    terminator: 'either',
    charset: 'text',
    maxFrameBytes: 65_536,
    source: 'IEEE 488.2-1992, 7.5 and 8.5',
  },
  /** For `lines`. 82 characters with `$` and CRLF; see `nmeaChecksum`. */
  nmea: {
    terminator: 'either',
    charset: 'text',
    maxFrameBytes: 80,
    source: 'IEC 61162-1, section 7 (NMEA 0183)',
  },
  /** For `lines`. A sentence with a TAG block before it, which may be as long again; see `nmeaChecksum`. */
  nmeaTags: {
    terminator: 'either',
    charset: 'text',
    maxFrameBytes: 1024,
    source:
      'NMEA 0183 version 4.10, TAG blocks; the gpsd project, AIVDM/AIVDO protocol decoding, NMEA Tag Blocks',
  },
  /** For `enclosed`. HL7 in UTF-8, or in ASCII, which is the default of HL7. */
  mllp: {
    start: '\x0b',
    end: '\x1c\r',
    charset: 'utf8',
    maxFrameBytes: 1_048_576,
    source: 'HL7 Version 3 Transport Specification - MLLP, Release 1',
  },
  /** For `enclosed`. HL7 messages whose MSH-18 says `8859/1`: one byte is one character. */
  mllpLatin1: {
    start: '\x0b',
    end: '\x1c\r',
    charset: 'latin1',
    maxFrameBytes: 1_048_576,
    source: 'HL7 Version 2.9, table 0211; HL7 Version 3 Transport Specification - MLLP, Release 1',
  },
  /** For `enclosed`. 513 characters with colon and CRLF; see `modbusLrc`. */
  modbusAscii: {
    start: ':',
    end: '\r\n',
    charset: 'text',
    maxFrameBytes: 510,
    source: 'MODBUS over Serial Line V1.02, section 2.5.2',
  },
  /** For `lines`. Send commands as lines; read answers with lines and `take`. */
  redisInline: {
    terminator: 'either',
    charset: 'utf8',
    maxFrameBytes: 65_536,
    source: 'Redis protocol specification, inline commands; PROTO_INLINE_MAX_SIZE',
  },
} as const;
