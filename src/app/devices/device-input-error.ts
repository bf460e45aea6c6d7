/** Something about devices that the user wrote cannot be understood: a command's words, hexadecimal text, the
 *  configuration. `message` says what was wrong and what to do. */
export class DeviceInputError extends Error {
  readonly code = 'deviceInputNotUnderstood';
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DeviceInputError';
  }
}
