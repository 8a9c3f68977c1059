/** Whose turn it is in an exchange. */
export interface Turns {
  /** The other side has to send or take something, from now on. */
  theirTurn(): void;
  ourTurn(): void;
  stop(): void;
}

/** Calls `onSilence` when the other side has done nothing for so long; what our own side takes does not count. */
export function watchTurns(seconds: number, onSilence: () => void): Turns {
  let theirs = false;
  const timer = setTimeout(() => {
    // The next turn of theirs starts it anew.
    if (theirs) onSilence();
  }, seconds * 1000);
  return {
    theirTurn() {
      theirs = true;
      timer.refresh();
    },
    ourTurn() {
      theirs = false;
    },
    stop: () => clearTimeout(timer),
  };
}
