import {
  GatewayOpcodes,
  type GatewayReceivePayload,
  SimpleShardingStrategy,
  WebSocketShardDestroyRecovery,
  WebSocketShardStatus,
} from 'discord.js'

/**
 * Reports errors of frames. The library handles each frame in an asynchronous function and ignores its errors,
 * so a frame in an unexpected form would end the process as an unhandled rejection.
 */
export class GuardedStrategy extends SimpleShardingStrategy {
  readonly #report: (error: unknown) => void
  readonly #resumeMs: number

  constructor(
    manager: ConstructorParameters<typeof SimpleShardingStrategy>[0],
    report: (error: unknown) => void,
    resumeMs: number,
  ) {
    super(manager)
    this.#report = report
    this.#resumeMs = resumeMs
  }

  /**
   * Begins a new session if a resume is not answered: the library has a deadline for each of its other waits.
   * Each repeated event extends the deadline. It is kept by the machine's timer, as the library's are.
   */
  #watchResume(shard: Frames): void {
    const { connection, replayedEvents } = shard
    const look = () => {
      const isWaiting = shard.status === WebSocketShardStatus.Resuming
      if (!isWaiting || shard.connection !== connection) return
      if (shard.replayedEvents !== replayedEvents) return this.#watchResume(shard)
      const reason = 'A resume was not answered.'
      const recover = WebSocketShardDestroyRecovery.Reconnect
      shard.destroy({ reason, recover }).catch(this.#report)
    }
    setTimeout(look, this.#resumeMs).unref()
  }

  override async spawn(shardIds: number[]): Promise<void> {
    await super.spawn(shardIds)
    const { shards } = this as unknown as { readonly shards: ReadonlyMap<number, Frames> }
    for (const shard of shards.values()) {
      const take = shard.onMessage.bind(shard)
      shard.onMessage = (...frame) => take(...frame).catch(this.#report)
      const resume = shard.resume.bind(shard)
      shard.resume = async session => {
        await resume(session)
        this.#watchResume(shard)
      }
      const unpack = shard.unpackMessage.bind(shard)
      shard.unpackMessage = async (...frame) => withSaneBeat(await unpack(...frame))
    }
  }
}

/** The parts of the library's shard that take a frame and resume a session. */
interface Frames {
  readonly status: WebSocketShardStatus
  readonly connection: unknown
  /** Events that the resumed session has repeated so far. */
  readonly replayedEvents: number
  resume(session: unknown): Promise<void>
  destroy(options: { reason: string; recover: WebSocketShardDestroyRecovery }): Promise<void>
  onMessage(data: unknown, isBinary: boolean): Promise<void>
  /** Null if the frame cannot be read. */
  unpackMessage(data: unknown, isBinary: boolean): Promise<GatewayReceivePayload | null>
}

/** Pauses between heartbeats that are believed, and the usual one, in milliseconds. */
const [SHORTEST_BEAT_MS, LONGEST_BEAT_MS, USUAL_BEAT_MS] = [5000, 120_000, 41_250]

/** The library passes any interval on to `setInterval`, which makes 1 ms of 0, of text and of large numbers. */
function withSaneBeat(payload: GatewayReceivePayload | null): GatewayReceivePayload | null {
  if (payload?.op !== GatewayOpcodes.Hello) return payload
  const { heartbeat_interval: ms } = payload.d
  const isSane = Number.isFinite(ms) && ms >= SHORTEST_BEAT_MS && ms <= LONGEST_BEAT_MS
  return isSane ? payload : { ...payload, d: { ...payload.d, heartbeat_interval: USUAL_BEAT_MS } }
}
