/**
 * Store of the models: their directory, which is only read, and the models in memory.
 *
 * A model is verified when it is read. A damaged or missing model is unusable. Each check reads it again, until it is
 * valid.
 *
 * Faults (core/faults.ts) with the path `model-load:<model>` delay the loading or make it fail.
 */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { meetFault, type Faults } from "../core/faults";
import { Unavailable } from "../core/http";
import { errorMessage, type Log } from "../core/log";
import { RecentlyUsed } from "../core/recently-used";
import { settlesWithin } from "../core/time";
import { fileOf, parseModel } from "./model-file";
import type { Model, ModelName } from "./models/model";

export interface LoadedModel {
  version: string;
  sha256: string;
  bytes: number;
  /** Accuracy, measured when the model was loaded, from 0 to 1. */
  accuracy: number;
  content: unknown;
}

/** State of a model as of its last read. */
type State = { status: "loading" } | { status: "unhealthy"; error: string } | (Facts & { status: "healthy" });

type Facts = Omit<LoadedModel, "content">;

const checkLimit = 1_000;

export class ModelStore {
  /** True once each model was read. An unusable model counts as read, because a restart would not fix it. */
  opened = false;
  private readonly states = new Map<ModelName, State>();
  private readonly memory: RecentlyUsed<LoadedModel>;
  private readonly reading = new Map<ModelName, Promise<LoadedModel>>();

  constructor(
    private readonly directory: string,
    cacheSize: number,
    private readonly models: readonly Model[],
    private readonly faults: Faults,
    private readonly log: Log,
  ) {
    this.memory = new RecentlyUsed(cacheSize);
    models.forEach(({ name }) => this.states.set(name, { status: "loading" }));
  }

  /** Loads each model, or records why it is unusable. Never rejects. */
  async open(): Promise<void> {
    for (const model of this.models) await this.get(model).catch(() => undefined);
    this.opened = true;
  }

  /** Returns the model, from memory or from its file. Throws Unavailable if it is unusable. */
  async get(model: Model): Promise<LoadedModel> {
    const kept = this.memory.get(model.name);
    if (kept) return kept;
    const loaded = await this.read(model);
    this.memory.set(model.name, loaded);
    return loaded;
  }

  /** Reads the unusable models again. Throws an error that names those that are still unusable. */
  async check(): Promise<void> {
    const unusable = this.models.filter(({ name }) => this.states.get(name)?.status !== "healthy");
    if (this.opened) await settlesWithin(checkLimit, Promise.allSettled(unusable.map((model) => this.get(model))));
    this.refuseUnusable();
  }

  /** Reads the file of each model again, including those in memory. Throws as `check` does. */
  async verify(): Promise<void> {
    await settlesWithin(checkLimit, Promise.allSettled(this.models.map((model) => this.read(model))));
    this.refuseUnusable();
  }

  /** Returns the measured accuracies of the usable models. */
  accuracies(): [ModelName, number][] {
    return [...this.states].flatMap(([name, state]) => (state.status === "healthy" ? [[name, state.accuracy]] : []));
  }

  details() {
    return {
      directory: this.directory,
      cacheSize: this.memory.size,
      /** Models in memory, the least recently used first. */
      cached: this.memory.keys(),
      residentMemoryBytes: process.memoryUsage.rss(),
      models: Object.fromEntries(this.states),
    };
  }

  private refuseUnusable(): void {
    const obstacles = [...this.states].flatMap(([name, state]) => {
      if (state.status === "healthy") return [];
      return [`${name}: ${state.status === "loading" ? "it is being loaded" : state.error}`];
    });
    if (obstacles.length > 0) throw new Error(obstacles.join("; "));
  }

  /** Reads a model's file. Concurrent callers share one read. */
  private read(model: Model): Promise<LoadedModel> {
    const { name } = model;
    const running = this.reading.get(name) ?? this.readFile(model).finally(() => this.reading.delete(name));
    this.reading.set(name, running);
    return running;
  }

  private async readFile(model: Model): Promise<LoadedModel> {
    const { name } = model;
    const path = join(this.directory, fileOf(name));
    try {
      await meetFault(this.faults, "MODEL", `model-load:${name}`);
      const text = await readText(path);
      const file = parseModel(text, path);
      if (file.name !== name) throw new Error(`${path} is of the model ${file.name}`);
      const facts = { version: file.version, sha256: file.sha256, bytes: Buffer.byteLength(text) };
      const loaded = { ...facts, accuracy: measure(model, file.content, path), content: file.content };
      this.found(name, { status: "healthy", ...facts, accuracy: loaded.accuracy });
      if (this.memory.peek(name)?.sha256 !== file.sha256) this.memory.delete(name);
      return loaded;
    } catch (error) {
      this.memory.delete(name);
      this.found(name, { status: "unhealthy", error: errorMessage(error) });
      throw new Unavailable(`The model ${name} cannot be used now (${errorMessage(error)}).`);
    }
  }

  /** Stores the state of a model. Logs it if it has changed. */
  private found(model: ModelName, state: State): void {
    const before = this.states.get(model);
    this.states.set(model, state);
    if (JSON.stringify(before) === JSON.stringify(state)) return;
    this.log(state.status === "healthy" ? "model loaded" : "model cannot be used", { model, ...state });
  }
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new Error(`${path} is not there`, { cause: error });
  }
}

/** Measures the accuracy of a model. Content with a valid checksum may still be invalid for the model. */
function measure(model: Model, content: unknown, path: string): number {
  try {
    return model.accuracy(content);
  } catch (error) {
    throw new Error(`${path} is no such model: ${errorMessage(error)}`, { cause: error });
  }
}
