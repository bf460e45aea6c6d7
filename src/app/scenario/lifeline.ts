/** What ties a running program to what it has asked for. Once it is cut, nothing further is begun, and no answer is heard:
 *  promises of before never end. What was begun goes on where it is (a message that has left, a line that is being
 *  written), as it does when a process is killed. */
export class Lifeline {
  #isCut = false;

  cut(): void {
    this.#isCut = true;
  }

  async heard<T>(begin: () => Promise<T>): Promise<T> {
    if (this.#isCut) return never();
    let answer: T;
    try {
      answer = await begin();
    } catch (fault) {
      if (this.#isCut) return never();
      throw fault;
    }
    return this.#isCut ? never() : answer;
  }
}

function never<T>(): Promise<T> {
  return new Promise(() => undefined);
}
