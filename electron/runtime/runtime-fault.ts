/** Why there is no Electron to run. `code` tells the cases apart; `message` is one line that says what to do. */
export class RuntimeFault extends Error {
  readonly code: 'overrideMissing' | 'notAvailable' | 'fetchFailed' | 'wrongIntegrity' | 'noRoom' | 'notWritable';
  constructor(code: RuntimeFault['code'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'RuntimeFault';
    this.code = code;
  }
}
