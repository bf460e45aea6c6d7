/** A message id: 12-character institution code + yyyyMMddHHmmss + 4-digit sequence, 30 characters, unique (R145). */
export type MsgId = string;

/** Makes the terminal's own message ids. Contract: never the same one twice, also not after a restart or a clock that
 *  steps back. */
export interface Ids {
  nextMsgId(): MsgId;
}
