/** A fault that somebody might make in the product, as a change to one of its sources. */
export interface Planted {
  readonly name: string;
  /** The source, from the root of the repository. */
  readonly file: string;
  /** Occurs there exactly once, and is replaced. */
  readonly find: string;
  readonly replace: string;
}

/** Faults that the simulation has to find. */
export const PLANTED: readonly Planted[] = [
  {
    name: 'a lost wake-up: who has used up its allowance is never read on',
    file: 'apps/server/src/edge/session.ts',
    find: 'this.allowed();\n      this.active();',
    replace: 'this.allowed();',
  },
  {
    name: 'off by one in the ring: who joins is put behind the first',
    file: 'packages/scheduler/src/ring.ts',
    find: 'const last = first.ringPrevious;\n    participant.ringPrevious = last;\n    participant.ringNext = first;\n    last.ringNext = participant;\n    first.ringPrevious = participant;',
    replace:
      'const next = first.ringNext;\n    participant.ringPrevious = first;\n    participant.ringNext = next;\n    next.ringPrevious = participant;\n    first.ringNext = participant;',
  },
  {
    name: 'a timer is not called off: that of the probes',
    file: 'apps/server/src/edge/probes.ts',
    find: 'stop(): void {\n    this.#callOff?.();',
    replace: 'stop(): void {',
  },
  {
    name: 'an answer before its turn: runs are served at once in strict order too',
    file: 'apps/server/src/room/serving/service.ts',
    find: "this.#options.order !== 'strict' &&\n      this.#options.transform",
    replace: 'this.#options.transform',
  },
  {
    name: 'FIN before flush',
    file: 'apps/server/src/edge/session.ts',
    find: 'this.#outbox.flush();\n    if (isClosing) this.#duplex.end();',
    replace: 'if (isClosing) this.#duplex.end();\n    this.#outbox.flush();',
  },
  {
    name: 'a ghost seat: who leaves is still listed',
    file: 'apps/server/src/room/seats.ts',
    find: 'remove(member: Member): void {\n    this.#byClient.delete(member.client);',
    replace:
      'remove(member: Member): void {\n    if (member.skips === 0 && member.served > 3) return;\n    this.#byClient.delete(member.client);',
  },
  {
    name: 'a double quit: a second one is carried out again',
    file: 'apps/server/src/effects/quits.ts',
    find: 'if (isAll && this.#isClosing) return;',
    replace: '',
  },
  {
    name: 'a fault behind a message is forgotten',
    file: 'apps/server/src/room/serving/answers.ts',
    find: "for (const fault of item.faults) this.#voice.tell(out, member.client, { verb: 'ERR', ...fault });",
    replace: '',
  },
  {
    name: 'a star is not doubled',
    file: 'apps/server/src/room/voice.ts',
    find: 'line: this.#events ? formatReply(text) : text',
    replace: 'line: text',
  },
  {
    name: 'an outbox takes more than it may',
    file: 'apps/server/src/edge/writing/outbox.ts',
    find: 'if (this.#charge + charge > this.#maxBytes) return',
    replace: 'if (this.#charge > this.#maxBytes) return',
  },
  {
    name: 'a queue takes more than it may: the limit is not looked at',
    file: 'apps/server/src/edge/reading/reader.ts',
    find: 'this.#outbox.slow || this.#unanswered >= maxQueuedLines || this.#owner.isHeldBack',
    replace: 'this.#outbox.slow || this.#unanswered > maxQueuedLines || this.#owner.isHeldBack',
  },
  {
    name: 'BYE before the last answers',
    file: 'apps/server/src/room/serving/service.ts',
    find: 'closing !== undefined || this.queued(member) > 0) return;',
    replace: 'closing !== undefined) return;',
  },
  {
    name: 'a seat is given a second time',
    file: 'apps/server/src/room/seats.ts',
    find: 'this.#next = member.seat + 1;',
    replace: 'this.#next = this.#byClient.size + 2;',
  },
  {
    name: 'names differ by case',
    file: 'apps/server/src/room/seats.ts',
    find: 'return this.#byName.has(name.toLowerCase());',
    replace: 'return this.#byName.has(name);',
  },
  {
    name: 'lines that wait are left behind when their client moves',
    file: 'apps/server/src/room/serving/service.ts',
    find: 'return [...member.held, ...this.#remove(member, reason, out)];',
    replace: 'this.#remove(member, reason, out);\n    return [...member.held];',
  },
  {
    name: 'nobody is told that somebody left',
    file: 'apps/server/src/room/attendance.ts',
    find: "if (this.#closing === undefined) this.#tellFew({ verb: 'LEAVE', seat, reason }, client, out);",
    replace: '',
  },
  {
    name: 'what was held back for a slow reader stays there',
    file: 'apps/server/src/room/serving/service.ts',
    find: 'if (this.#attendance.setSlow(member, slow) && !slow) this.#release(member, out);',
    replace: 'this.#attendance.setSlow(member, slow);',
  },
  {
    name: 'a handler that throws is waited for',
    file: 'apps/server/src/effects/work.ts',
    find: 'done(fail(error));\n    return undefined;',
    replace: 'fail(error);\n    return undefined;',
  },
  {
    name: 'memory is not given back when a socket has taken a batch',
    file: 'apps/server/src/edge/writing/outbox.ts',
    find: 'if (held > 0) this.#owner.holds(-held);',
    replace: '',
  },
  {
    name: 'who is passed over and says a line stays passed over',
    file: 'apps/server/src/room/attendance.ts',
    find: 'if (member.skips === 0) return;\n    const wasAbsent',
    replace: 'if (member.skips < 2) return;\n    const wasAbsent',
  },
  {
    name: 'a quit closes everybody, whatever the policy says',
    file: 'apps/server/src/room/rooms.ts',
    find: "if (this.#options.quit === 'self') return this.#in(client, { type: 'end', client, reason }, out);",
    replace: '',
  },
  {
    name: 'rounds are counted once',
    file: 'apps/server/src/room/serving/turns.ts',
    find: 'this.#used += count;',
    replace: 'this.#used += 1;',
  },
  {
    name: 'one error too many is allowed',
    file: 'apps/server/src/edge/reading/intake.ts',
    find: 'if (session.faults < maxErrors) return;',
    replace: 'if (session.faults <= maxErrors) return;',
  },
  {
    name: 'a line for one overtakes a line for all',
    file: 'apps/server/src/edge/connections.ts',
    find: 'this.#crowd.before(to);',
    replace: '',
  },
  {
    name: 'fair order favours the first: its turn does not end',
    file: 'packages/scheduler/src/orders/fair.ts',
    find: 'if (participant.deficit < participant.nextCost) this.#endVisit(participant);',
    replace:
      'if (participant.deficit + 4 < participant.nextCost) this.#endVisit(participant);\n    else participant.deficit += 1;',
  },
  {
    name: 'the last line of a server that closes is not the last',
    file: 'apps/server/src/effects/quits.ts',
    find: 'for (const { client } of isAll ? connections : []) if (!reached.has(client)) bye(client, reason);',
    replace: 'for (const { client } of isAll ? connections : []) bye(client, reason);',
  },
  {
    name: 'several servers: what comes twice counts twice',
    file: 'apps/server/src/cluster/ledger.ts',
    find: 'if (known?.isUp === true && seq === known.next) {\n      known.next++;',
    replace: 'if (known?.isUp === true && seq <= known.next) {\n      known.next = seq + 1;',
  },
  {
    name: 'an idle client is never closed',
    file: 'apps/server/src/edge/deadlines.ts',
    find: 'this.#idleAt = now + this.#all.idleMs;',
    replace: '',
  },
  {
    name: 'a server that has closed waits for a client of another one',
    file: 'apps/server/src/effects/turn-deadlines.ts',
    find: 'if (!this.#isOver) this.#wait(room, client, turn, this.#clock.now());',
    replace: 'this.#wait(room, client, turn, this.#clock.now());',
  },
  {
    name: 'a journal that answers later brings a line behind the last one',
    file: 'apps/server/src/edge/connections.ts',
    find: 'if (session.isDestroyed || session.isClosing) return;',
    replace: 'if (session.isDestroyed) return;',
  },
  {
    name: 'a client that is not read is idle',
    file: 'apps/server/src/edge/session.ts',
    find: 'this.isThrottled || this.isPaused;',
    replace: 'this.isThrottled;',
  },
  {
    name: 'a client that speaks is idle all the same',
    file: 'apps/server/src/edge/deadlines.ts',
    find: 'this.#idleAt = now + this.#all.idleMs;',
    replace: 'if (this.#idleAt === Infinity) this.#idleAt = now + this.#all.idleMs;',
  },
  {
    name: 'who has more answers coming than fit into the outbox is dropped',
    file: 'apps/server/src/edge/writing/outbox.ts',
    find: 'return this.#pushOneByOne(wire, lines);',
    replace: 'return false;',
  },
  {
    name: 'a line has half of its time',
    file: 'apps/server/src/edge/deadlines.ts',
    find: 'this.#lineAt = this.#in(this.#all.lineMs);',
    replace: 'this.#lineAt = this.#in(this.#all.lineMs / 2);',
  },
  {
    name: 'a fault behind a quit is answered, and the line before it is not',
    file: 'apps/server/src/room/room.ts',
    find: 'if (isAnswer && !this.#service.accepts(member)) return;',
    replace: '',
  },
  {
    name: 'the time of a line that has ended goes on',
    file: 'apps/server/src/edge/reading/reader.ts',
    find: 'this.#deadlines?.betweenLines();\n    this.allowance?.said(lines);',
    replace: 'this.allowance?.said(lines);',
  },
  {
    name: 'what follows a line at fault has its time',
    file: 'apps/server/src/edge/reading/reader.ts',
    find: 'this.#deadlines?.inLine(isNew);',
    replace: 'this.#deadlines?.inLine(false);',
  },
  {
    name: 'a client that was told of a quit may still go to another room',
    file: 'apps/server/src/room/rooms.ts',
    find: 'address === undefined || from.isClosing) return;',
    replace: 'address === undefined) return;',
  },
  {
    name: 'a second quit in a room closes the next one of its name',
    file: 'apps/server/src/room/rooms.ts',
    find: 'if (room.isClosing) return;\n    const seat',
    replace: 'const seat',
  },
  {
    name: 'who becomes slow by a line is passed over before all have got that line',
    file: 'apps/server/src/edge/edge.ts',
    find: "this.#slow.push({ type: 'slow', client: session.client, slow });",
    replace: "owner.append({ type: 'slow', client: session.client, slow });",
  },
  {
    name: 'a turn that was announced cannot end while the handler has a line that was held back',
    file: 'apps/server/src/room/serving/service.ts',
    find: 'this.#work.size === 0 || client === this.#turns.announced ? client : undefined',
    replace: 'this.#work.size === 0 ? client : undefined',
  },
  {
    name: 'who may be read on before its time counts as held up until then',
    file: 'apps/server/src/edge/reading/reader.ts',
    find: 'if (excess === undefined) this.#owner.allowed();\n    else this.#owner',
    replace: 'if (excess !== undefined) this.#owner',
  },
  {
    name: 'who is closed without a goodbye misses what was said to all before',
    file: 'apps/server/src/edge/connections.ts',
    find: 'this.#crowd.before(client);\n    this.#sessions.get(client)?.close();',
    replace: 'this.#sessions.get(client)?.close();',
  },
  {
    name: 'who is slow does not hear what others say in one piece',
    file: 'apps/server/src/edge/writing/crowd.ts',
    find: 'if (session.client !== except) this',
    replace: 'if (session.client !== except && (count === 1 || !session.slow)) this',
  },
  {
    name: 'lines that were said in one piece reach the others in reverse',
    file: 'apps/server/src/room/voice.ts',
    find: 'lines += prefix + text.slice(from, end + 1);',
    replace: 'lines = prefix + text.slice(from, end + 1) + lines;',
  },
  {
    name: 'a client that a closing server ends before it has its seat is read on',
    file: 'apps/server/src/effects/quits.ts',
    find: 'for (const session of all) session.quitting();',
    replace: 'for (const session of sessions) session.quitting();',
  },
];
