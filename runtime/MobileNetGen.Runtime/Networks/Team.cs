using System;
using System.Runtime.InteropServices;
using System.Threading;

namespace MobileNetGen.Runtime;

/// <summary>
/// A few threads that share the work of one image, for latency: a network whose description says <c>threads</c> takes a team in <c>Run</c>, and gives the same bytes as without. Make one, keep it, and
/// dispose it. Between calls its threads wait; a call allocates nothing.
/// </summary>
/// <remarks>
/// A team serves one call at a time: a call that finds it at work runs on its own thread alone. For many images at once, one thread for each image is faster.
/// </remarks>
public sealed unsafe class Team : IDisposable
{
    /// <summary>The most threads of a team.</summary>
    public const int MaximumThreads = 64;

    private const int Alignment = 64;

    /// <summary>How often a thread looks whether there is work before it sleeps: some 50 µs, more than there is between the calls of a busy program.</summary>
    private const int LooksBeforeSleep = 1_000;

    /// <summary>How often a thread looks whether others have come before it lets other programs run.</summary>
    private const int LooksBeforeYield = 4_000;

    /// <summary>Tells the threads to end.</summary>
    private const long End = -1;

    private readonly Worker[] _workers;

    // Each on a line of its own: what one thread writes others read all the time.
    private Line _call, _arrived, _finished, _busy;
    private delegate*<TeamMember, void*, void> _work;
    private void* _state;

    /// <summary>Starts the threads, which then wait.</summary>
    /// <param name="threads">How many share an image, the caller's own among them: 1 … 64. More than there are cores are no use.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="threads"/> is not in the range.</exception>
    public Team(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(threads, MaximumThreads);
        _workers = new Worker[threads - 1];
        for (int i = 0; i < _workers.Length; i++)
            _workers[i] = new Worker(this, i + 1);
    }

    /// <summary>How many threads share an image, the caller's own among them.</summary>
    public int Threads => _workers.Length + 1;

    /// <summary>Calls a function on several threads, and waits until all have returned. Generated code calls it.</summary>
    /// <param name="team">The team, or null for the calling thread alone.</param>
    /// <param name="work">What each does. It throws nothing.</param>
    /// <param name="state">What it is given.</param>
    /// <param name="most">The most threads that take part.</param>
    /// <param name="scratchBytes">Working memory that every member but the first needs.</param>
    /// <exception cref="ObjectDisposedException">The team was disposed.</exception>
    /// <exception cref="OutOfMemoryException">The system has not that much memory. Nothing was called.</exception>
    [System.ComponentModel.EditorBrowsable(System.ComponentModel.EditorBrowsableState.Never)]
    public static void Run(Team? team, delegate*<TeamMember, void*, void> work, void* state, int most, int scratchBytes)
    {
        int members = Math.Min(team?.Threads ?? 1, most);
        if (members == 1 || Interlocked.Exchange(ref team!._busy.Value, 1) != 0)
        {
            work(default, state);
            return;
        }

        try
        {
            team.Share(work, state, members, scratchBytes);
        }
        finally
        {
            Volatile.Write(ref team._busy.Value, 0);
        }
    }

    /// <summary>Ends the threads and frees their memory. A call that is still at work is waited for.</summary>
    public void Dispose()
    {
        for (var wait = new SpinWait(); Interlocked.Exchange(ref _busy.Value, 1) != 0; wait.SpinOnce())
        {
        }

        if (Volatile.Read(ref _call.Value) != End)
        {
            Volatile.Write(ref _call.Value, End);
            foreach (Worker worker in _workers)
                worker.End();
        }

        Volatile.Write(ref _busy.Value, 0);
    }

    /// <summary>Waits until all members of a call have come here.</summary>
    internal void Wait(int members)
    {
        // It only grows while a call runs, so nobody has to set it back while others still look.
        long end = ((Interlocked.Increment(ref _arrived.Value) - 1) / members * members) + members;
        Await(ref _arrived.Value, end);
    }

    internal byte* ScratchOf(int member) => _workers[member - 1].Scratch;

    private static void Await(ref long value, long end)
    {
        for (int looks = 0; Volatile.Read(ref value) < end; looks++)
        {
            if (looks < LooksBeforeYield)
                Thread.SpinWait(1);
            else
                Thread.Yield();
        }
    }

    private void Share(delegate*<TeamMember, void*, void> work, void* state, int members, int scratchBytes)
    {
        long last = Volatile.Read(ref _call.Value);
        ObjectDisposedException.ThrowIf(last == End, this);
        for (int i = 0; i < members - 1; i++)
            _workers[i].Reserve(scratchBytes);
        _work = work;
        _state = state;
        (_arrived.Value, _finished.Value) = (0, 0);

        // The number of a call and its members in one word, so that a thread that looks late cannot take the one of this call and the other of the next.
        Interlocked.Exchange(ref _call.Value, (((last >> 8) + 1) << 8) | (long)members);
        for (int i = 0; i < members - 1; i++)
            _workers[i].Wake();
        work(new TeamMember(this, 0, members), state);
        Await(ref _finished.Value, members - 1);
    }

    /// <summary>A number with nothing else on its cache line, nor on the next, which processors fetch together.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Line
    {
        [FieldOffset(128)]
        public long Value;
    }

    /// <summary>A thread that waits for calls.</summary>
    private sealed class Worker
    {
        private readonly Team _team;
        private readonly int _member;
        private readonly AutoResetEvent _wake = new(false);
        private readonly Thread _thread;
        private int _sleeps, _scratchBytes;

        public Worker(Team team, int member)
        {
            (_team, _member) = (team, member);
            _thread = new Thread(Serve) { IsBackground = true, Name = $"MobileNetGen team {member}" };
            _thread.Start();
        }

        public byte* Scratch { get; private set; }

        /// <summary>Has memory for a call, before it begins: a thread that finds none in the middle of it could not tell anybody.</summary>
        public void Reserve(int bytes)
        {
            if (bytes <= _scratchBytes)
                return;
            Free();
            Scratch = (byte*)NativeMemory.AlignedAlloc((nuint)bytes, Alignment);
            _scratchBytes = bytes;
        }

        public void Wake()
        {
            if (Volatile.Read(ref _sleeps) != 0 && Interlocked.Exchange(ref _sleeps, 0) != 0)
                _wake.Set();
        }

        public void End()
        {
            Interlocked.MemoryBarrier();
            Wake();
            _thread.Join();
            _wake.Dispose();
            Free();
        }

        private void Free()
        {
            NativeMemory.AlignedFree(Scratch);
            Scratch = null;
            _scratchBytes = 0;
        }

        private void Serve()
        {
            for (long served = 0; ;)
            {
                long call = Next(served);
                if (call == Team.End)
                    return;
                served = call;
                int members = (int)(call & 0xFF);
                if (_member >= members)
                    continue;
                _team._work(new TeamMember(_team, _member, members), _team._state);
                Interlocked.Increment(ref _team._finished.Value);
            }
        }

        private long Next(long served)
        {
            for (int looks = 0; ;)
            {
                long call = Volatile.Read(ref _team._call.Value);
                if (call != served)
                    return call;
                if (looks++ < LooksBeforeSleep)
                {
                    Thread.SpinWait(1);
                    continue;
                }

                // Says that it sleeps, then looks once more: a caller that came in between sees one or the other.
                Interlocked.Exchange(ref _sleeps, 1);
                if (Volatile.Read(ref _team._call.Value) == served || Interlocked.Exchange(ref _sleeps, 0) == 0)
                    _wake.WaitOne();
                looks = 0;
            }
        }
    }
}
