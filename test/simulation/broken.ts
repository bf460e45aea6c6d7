/** Something that must hold does not. `what`: in a word, the same for the same trouble, so that a shorter history with
 *  it can be told from one that fails otherwise. */
export class Broken extends Error {
  readonly what: string;
  constructor(what: string, message: string) {
    super(message);
    this.name = 'Broken';
    this.what = what;
  }
}
