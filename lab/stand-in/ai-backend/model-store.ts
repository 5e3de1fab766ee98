/**
 * The models in their directory, which is only read, and those of them that are in memory.
 *
 * A model is checked when it is read: one that is damaged or not there cannot be used, and is looked at again by each check
 * until it is whole.
 *
 * Faults (core/faults.ts) with the path `model-load:<model>` make the loading slow or fail.
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
  /** Measured when it was loaded; from 0 to 1. */
  accuracy: number;
  content: unknown;
}

/** What is known of a model: how it was when it was read last. */
type State = { status: "loading" } | { status: "unhealthy"; error: string } | (Facts & { status: "healthy" });

type Facts = Omit<LoadedModel, "content">;

const checkLimit = 1_000;

export class ModelStore {
  /** Whether each model was tried once. One that cannot be used counts as tried: a restart would not mend it. */
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

  /** Loads each model, or finds out why it cannot be used. Never rejects. */
  async open(): Promise<void> {
    for (const model of this.models) await this.get(model).catch(() => undefined);
    this.opened = true;
  }

  /** The model, from memory or from its file. Throws Unavailable when it cannot be used. */
  async get(model: Model): Promise<LoadedModel> {
    const kept = this.memory.get(model.name);
    if (kept) return kept;
    const loaded = await this.read(model);
    this.memory.set(model.name, loaded);
    return loaded;
  }

  /** Tries again what could not be used. Throws an error that names the models which still cannot. */
  async check(): Promise<void> {
    const unusable = this.models.filter(({ name }) => this.states.get(name)?.status !== "healthy");
    if (this.opened) await settlesWithin(checkLimit, Promise.allSettled(unusable.map((model) => this.get(model))));
    this.refuseUnusable();
  }

  /** Reads each file again, also of what is in memory. Throws as `check` does. */
  async verify(): Promise<void> {
    await settlesWithin(checkLimit, Promise.allSettled(this.models.map((model) => this.read(model))));
    this.refuseUnusable();
  }

  /** Measured accuracies of the models that can be used. */
  accuracies(): [ModelName, number][] {
    return [...this.states].flatMap(([name, state]) => (state.status === "healthy" ? [[name, state.accuracy]] : []));
  }

  details() {
    return {
      directory: this.directory,
      cacheSize: this.memory.size,
      /** The one that was used the longest ago comes first. */
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

  /** Reads a model's file. Those who ask meanwhile get the same. */
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

  /** Logs what has changed. */
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

/** A content that has its checksum may still be no content of such a model. */
function measure(model: Model, content: unknown, path: string): number {
  try {
    return model.accuracy(content);
  } catch (error) {
    throw new Error(`${path} is no such model: ${errorMessage(error)}`, { cause: error });
  }
}
