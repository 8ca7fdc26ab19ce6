// A plugin for QEMU's user mode: counts the instructions that a program executes.
//
// Build:  cc -O2 -shared -fPIC -o count.so count.c
// Use:    qemu-aarch64 -plugin ./count.so[,maps=FOLDER] PROGRAM ...
// Output: "instructions N" on stderr, at the end and whenever the program asks for its parent's number (getppid), which programs hardly ever do, so that it can mark where to
//         begin; with maps=, where .NET writes its maps of compiled methods (DOTNET_PerfMapJitDumpPath), FOLDER/methods too: a line for each method, the instructions executed in
//         it, a tab, and its name. What is in no method is "(other)".
//
// Distributions do not package qemu-plugin.h, so what is used of version 1 of that interface, QEMU 4.2 to 8.2, is declared here. QEMU 9 has another.
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef uint64_t qemu_plugin_id_t;
struct qemu_plugin_tb;

enum { ADD_UINT64, GETPPID = 173 };

void qemu_plugin_register_vcpu_tb_trans_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, struct qemu_plugin_tb *));
void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int, void *, uint64_t);
void qemu_plugin_register_vcpu_syscall_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, unsigned, int64_t,
    uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t));
void qemu_plugin_register_atexit_cb(qemu_plugin_id_t, void (*)(qemu_plugin_id_t, void *), void *);
size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
uint64_t qemu_plugin_tb_vaddr(const struct qemu_plugin_tb *);

__attribute__((visibility("default"))) int qemu_plugin_version = 1;

struct block {
    struct block *next;
    uint64_t address, executed;
};

struct method {
    uint64_t start, end, executed;
    char *name;
};

static struct block *blocks;
static const char *maps;

// A block that is translated again gets another counter. None is freed: translated code adds to it.
static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
    struct block *block = calloc(1, sizeof *block);
    if (!block)
        abort();
    block->address = qemu_plugin_tb_vaddr(tb);
    block->next = blocks;
    blocks = block;
    qemu_plugin_register_vcpu_tb_exec_inline(tb, ADD_UINT64, &block->executed, qemu_plugin_tb_n_insns(tb));
}

static int by_start(const void *a, const void *b)
{
    uint64_t x = ((const struct method *)a)->start, y = ((const struct method *)b)->start;
    return (x > y) - (x < y);
}

// The methods in the map of this process.
static struct method *read_methods(size_t *count)
{
    char path[4096], line[8192];
    struct method *methods = NULL;
    size_t room = 0;
    *count = 0;
    snprintf(path, sizeof path, "%s/perf-%d.map", maps, (int)getpid());
    FILE *file = fopen(path, "r");
    while (file && fgets(line, sizeof line, file)) {
        uint64_t start, size;
        int name;
        if (sscanf(line, "%" SCNx64 " %" SCNx64 " %n", &start, &size, &name) < 2)
            continue;
        if (*count == room && !(methods = realloc(methods, (room = 2 * room + 1024) * sizeof *methods)))
            abort();
        line[strcspn(line, "\n")] = 0;
        methods[(*count)++] = (struct method){ start, start + size, 0, strdup(line + name) };
    }
    if (file)
        fclose(file);
    qsort(methods, *count, sizeof *methods, by_start);
    return methods;
}

// The last method that starts at an address or before, if it reaches so far.
static struct method *find(struct method *methods, size_t count, uint64_t address)
{
    size_t low = 0, high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (methods[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low > 0 && address < methods[low - 1].end ? &methods[low - 1] : NULL;
}

static void write_methods(void)
{
    char path[4096];
    size_t count;
    uint64_t other = 0;
    struct method *methods = read_methods(&count);
    for (struct block *block = blocks; block; block = block->next) {
        struct method *method = find(methods, count, block->address);
        *(method ? &method->executed : &other) += block->executed;
    }
    snprintf(path, sizeof path, "%s/methods", maps);
    FILE *file = fopen(path, "w");
    if (!file)
        return;
    for (size_t i = 0; i < count; i++)
        if (methods[i].executed)
            fprintf(file, "%" PRIu64 "\t%s\n", methods[i].executed, methods[i].name);
    fprintf(file, "%" PRIu64 "\t(other)\n", other);
    fclose(file);
}

static void write_total(void)
{
    uint64_t total = 0;
    for (struct block *block = blocks; block; block = block->next)
        total += block->executed;
    fprintf(stderr, "instructions %" PRIu64 "\n", total);
}

static void called(qemu_plugin_id_t id, unsigned processor, int64_t number,
    uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f, uint64_t g, uint64_t h)
{
    if (number == GETPPID)
        write_total();
}

static void finished(qemu_plugin_id_t id, void *unused)
{
    if (maps)
        write_methods();
    write_total();
}

__attribute__((visibility("default")))
int qemu_plugin_install(qemu_plugin_id_t id, const void *info, int argc, char **argv)
{
    for (int i = 0; i < argc; i++)
        if (!strncmp(argv[i], "maps=", 5))
            maps = strdup(argv[i] + 5);
    qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
    qemu_plugin_register_vcpu_syscall_cb(id, called);
    qemu_plugin_register_atexit_cb(id, finished, NULL);
    return 0;
}
