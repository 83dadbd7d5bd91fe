// The body of GET /v1/models.

export type ModelListEntry = {
  readonly id: string;
  readonly object: 'model';
  /** Seconds since the Unix epoch. */
  readonly created: number;
  readonly owned_by: string;
};

export type ModelList = {
  readonly object: 'list';
  readonly data: readonly ModelListEntry[];
  /** What requests to any of them may ask for. */
  readonly x_tiegel: {
    /** Samples of one reply at most; below 2 none are spent. */
    readonly max_samples: number;
    /** Tasks whose answers can be checked, by name. */
    readonly checkers: readonly string[];
  };
};
